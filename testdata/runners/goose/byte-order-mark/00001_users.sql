-- +goose Up
SELECT seen('a');
