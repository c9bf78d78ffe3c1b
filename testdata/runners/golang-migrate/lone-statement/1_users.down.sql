SELECT seen('c');
DROP TABLE users;
