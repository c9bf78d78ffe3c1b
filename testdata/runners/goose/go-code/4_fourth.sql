-- +goose Up
SELECT seen('fourth');
