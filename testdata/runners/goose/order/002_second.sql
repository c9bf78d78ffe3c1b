-- +goose Up
SELECT seen('second');
