-- +goose Up
SELECT seen('first');
