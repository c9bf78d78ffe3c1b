-- +goose Up
SELECT seen('never');
