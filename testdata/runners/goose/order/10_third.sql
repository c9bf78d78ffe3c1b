-- +goose Up
SELECT seen('third');
