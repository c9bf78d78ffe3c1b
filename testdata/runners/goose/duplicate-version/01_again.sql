-- +goose Up
SELECT seen('again');
