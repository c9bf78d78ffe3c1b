-- ALTER COLUMN TYPE: from one type to another, the column in a plain index.

-- case: type-varchar10-to-varchar20
CREATE TABLE t (id int, x varchar(10));
CREATE INDEX i ON t (x);
-- statement:
ALTER TABLE t ALTER COLUMN x TYPE varchar(20);

-- case: type-varchar10-to-varchar
CREATE TABLE t (id int, x varchar(10));
CREATE INDEX i ON t (x);
-- statement:
ALTER TABLE t ALTER COLUMN x TYPE varchar;

-- case: type-varchar10-to-text
CREATE TABLE t (id int, x varchar(10));
CREATE INDEX i ON t (x);
-- statement:
ALTER TABLE t ALTER COLUMN x TYPE text;

-- case: type-varchar-to-text
CREATE TABLE t (id int, x varchar);
CREATE INDEX i ON t (x);
-- statement:
ALTER TABLE t ALTER COLUMN x TYPE text;

-- case: type-text-to-varchar
CREATE TABLE t (id int, x text);
CREATE INDEX i ON t (x);
-- statement:
ALTER TABLE t ALTER COLUMN x TYPE varchar;

-- case: type-text-to-varchar10
CREATE TABLE t (id int, x text);
CREATE INDEX i ON t (x);
-- statement:
ALTER TABLE t ALTER COLUMN x TYPE varchar(10);

-- case: type-varchar20-to-varchar10
CREATE TABLE t (id int, x varchar(20));
CREATE INDEX i ON t (x);
-- statement:
ALTER TABLE t ALTER COLUMN x TYPE varchar(10);

-- case: type-varchar-to-varchar10
CREATE TABLE t (id int, x varchar);
CREATE INDEX i ON t (x);
-- statement:
ALTER TABLE t ALTER COLUMN x TYPE varchar(10);

-- case: type-varchar10-to-varchar10
CREATE TABLE t (id int, x varchar(10));
CREATE INDEX i ON t (x);
-- statement:
ALTER TABLE t ALTER COLUMN x TYPE varchar(10);

-- case: type-char10-to-char20
CREATE TABLE t (id int, x char(10));
CREATE INDEX i ON t (x);
-- statement:
ALTER TABLE t ALTER COLUMN x TYPE char(20);

-- case: type-char10-to-text
CREATE TABLE t (id int, x char(10));
CREATE INDEX i ON t (x);
-- statement:
ALTER TABLE t ALTER COLUMN x TYPE text;

-- case: type-char10-to-varchar10
CREATE TABLE t (id int, x char(10));
CREATE INDEX i ON t (x);
-- statement:
ALTER TABLE t ALTER COLUMN x TYPE varchar(10);

-- case: type-varchar10-to-char10
CREATE TABLE t (id int, x varchar(10));
CREATE INDEX i ON t (x);
-- statement:
ALTER TABLE t ALTER COLUMN x TYPE char(10);

-- case: type-char10-to-bpchar
CREATE TABLE t (id int, x char(10));
CREATE INDEX i ON t (x);
-- statement:
ALTER TABLE t ALTER COLUMN x TYPE bpchar;

-- case: type-text-to-char10
CREATE TABLE t (id int, x text);
CREATE INDEX i ON t (x);
-- statement:
ALTER TABLE t ALTER COLUMN x TYPE char(10);

-- case: type-name-to-text
CREATE TABLE t (id int, x name);
CREATE INDEX i ON t (x);
-- statement:
ALTER TABLE t ALTER COLUMN x TYPE text;

-- case: type-text-to-name
CREATE TABLE t (id int, x text);
CREATE INDEX i ON t (x);
-- statement:
ALTER TABLE t ALTER COLUMN x TYPE name;

-- case: type-internal-char-to-text
CREATE TABLE t (id int, x "char");
CREATE INDEX i ON t (x);
-- statement:
ALTER TABLE t ALTER COLUMN x TYPE text;

-- case: type-numeric-8-2-to-numeric-10-2
CREATE TABLE t (id int, x numeric(8,2));
CREATE INDEX i ON t (x);
-- statement:
ALTER TABLE t ALTER COLUMN x TYPE numeric(10,2);

-- case: type-numeric-8-2-to-numeric
CREATE TABLE t (id int, x numeric(8,2));
CREATE INDEX i ON t (x);
-- statement:
ALTER TABLE t ALTER COLUMN x TYPE numeric;

-- case: type-numeric-8-2-to-numeric-8-3
CREATE TABLE t (id int, x numeric(8,2));
CREATE INDEX i ON t (x);
-- statement:
ALTER TABLE t ALTER COLUMN x TYPE numeric(8,3);

-- case: type-numeric-8-2-to-numeric-10-3
CREATE TABLE t (id int, x numeric(8,2));
CREATE INDEX i ON t (x);
-- statement:
ALTER TABLE t ALTER COLUMN x TYPE numeric(10,3);

-- case: type-numeric-10-2-to-numeric-8-2
CREATE TABLE t (id int, x numeric(10,2));
CREATE INDEX i ON t (x);
-- statement:
ALTER TABLE t ALTER COLUMN x TYPE numeric(8,2);

-- case: type-numeric-to-numeric-10-2
CREATE TABLE t (id int, x numeric);
CREATE INDEX i ON t (x);
-- statement:
ALTER TABLE t ALTER COLUMN x TYPE numeric(10,2);

-- case: type-numeric-10-to-numeric-12
CREATE TABLE t (id int, x numeric(10));
CREATE INDEX i ON t (x);
-- statement:
ALTER TABLE t ALTER COLUMN x TYPE numeric(12);

-- case: type-int2-to-int4
CREATE TABLE t (id int, x smallint);
CREATE INDEX i ON t (x);
-- statement:
ALTER TABLE t ALTER COLUMN x TYPE int;

-- case: type-int4-to-int8
CREATE TABLE t (id int, x int);
CREATE INDEX i ON t (x);
-- statement:
ALTER TABLE t ALTER COLUMN x TYPE bigint;

-- case: type-int8-to-int4
CREATE TABLE t (id int, x bigint);
CREATE INDEX i ON t (x);
-- statement:
ALTER TABLE t ALTER COLUMN x TYPE int;

-- case: type-int4-to-int4
CREATE TABLE t (id int, x int);
CREATE INDEX i ON t (x);
-- statement:
ALTER TABLE t ALTER COLUMN x TYPE integer;

-- case: type-int4-to-numeric
CREATE TABLE t (id int, x int);
CREATE INDEX i ON t (x);
-- statement:
ALTER TABLE t ALTER COLUMN x TYPE numeric;

-- case: type-int4-to-text
CREATE TABLE t (id int, x int);
CREATE INDEX i ON t (x);
-- statement:
ALTER TABLE t ALTER COLUMN x TYPE text;

-- case: type-int4-to-oid
CREATE TABLE t (id int, x int);
CREATE INDEX i ON t (x);
-- statement:
ALTER TABLE t ALTER COLUMN x TYPE oid;

-- case: type-oid-to-int4
CREATE TABLE t (id int, x oid);
CREATE INDEX i ON t (x);
-- statement:
ALTER TABLE t ALTER COLUMN x TYPE int USING x::int;

-- case: type-int8-to-oid
CREATE TABLE t (id int, x bigint);
CREATE INDEX i ON t (x);
-- statement:
ALTER TABLE t ALTER COLUMN x TYPE oid;

-- case: type-oid-to-regclass
CREATE TABLE t (id int, x oid);
CREATE INDEX i ON t (x);
-- statement:
ALTER TABLE t ALTER COLUMN x TYPE regclass;

-- case: type-regclass-to-oid
CREATE TABLE t (id int, x regclass);
CREATE INDEX i ON t (x);
-- statement:
ALTER TABLE t ALTER COLUMN x TYPE oid;

-- case: type-float4-to-float8
CREATE TABLE t (id int, x real);
CREATE INDEX i ON t (x);
-- statement:
ALTER TABLE t ALTER COLUMN x TYPE double precision;

-- case: type-timestamp3-to-timestamp6
CREATE TABLE t (id int, x timestamp(3));
CREATE INDEX i ON t (x);
-- statement:
ALTER TABLE t ALTER COLUMN x TYPE timestamp(6);

-- case: type-timestamp3-to-timestamp
CREATE TABLE t (id int, x timestamp(3));
CREATE INDEX i ON t (x);
-- statement:
ALTER TABLE t ALTER COLUMN x TYPE timestamp;

-- case: type-timestamp-to-timestamp6
CREATE TABLE t (id int, x timestamp);
CREATE INDEX i ON t (x);
-- statement:
ALTER TABLE t ALTER COLUMN x TYPE timestamp(6);

-- case: type-timestamp-to-timestamp3
CREATE TABLE t (id int, x timestamp);
CREATE INDEX i ON t (x);
-- statement:
ALTER TABLE t ALTER COLUMN x TYPE timestamp(3);

-- case: type-timestamptz3-to-timestamptz
CREATE TABLE t (id int, x timestamptz(3));
CREATE INDEX i ON t (x);
-- statement:
ALTER TABLE t ALTER COLUMN x TYPE timestamptz;

-- case: type-timestamptz-to-timestamptz0
CREATE TABLE t (id int, x timestamptz);
CREATE INDEX i ON t (x);
-- statement:
ALTER TABLE t ALTER COLUMN x TYPE timestamptz(0);

-- case: type-time3-to-time
CREATE TABLE t (id int, x time(3));
CREATE INDEX i ON t (x);
-- statement:
ALTER TABLE t ALTER COLUMN x TYPE time;

-- case: type-time-to-time3
CREATE TABLE t (id int, x time);
CREATE INDEX i ON t (x);
-- statement:
ALTER TABLE t ALTER COLUMN x TYPE time(3);

-- case: type-timetz3-to-timetz6
CREATE TABLE t (id int, x timetz(3));
CREATE INDEX i ON t (x);
-- statement:
ALTER TABLE t ALTER COLUMN x TYPE timetz(6);

-- case: type-interval3-to-interval
CREATE TABLE t (id int, x interval(3));
CREATE INDEX i ON t (x);
-- statement:
ALTER TABLE t ALTER COLUMN x TYPE interval;

-- case: type-interval-to-interval3
CREATE TABLE t (id int, x interval);
CREATE INDEX i ON t (x);
-- statement:
ALTER TABLE t ALTER COLUMN x TYPE interval(3);

-- case: type-interval-to-interval6
CREATE TABLE t (id int, x interval);
CREATE INDEX i ON t (x);
-- statement:
ALTER TABLE t ALTER COLUMN x TYPE interval(6);

-- case: type-interval-to-interval-day
CREATE TABLE t (id int, x interval);
CREATE INDEX i ON t (x);
-- statement:
ALTER TABLE t ALTER COLUMN x TYPE interval day;

-- case: type-interval-day-to-interval
CREATE TABLE t (id int, x interval day);
CREATE INDEX i ON t (x);
-- statement:
ALTER TABLE t ALTER COLUMN x TYPE interval;

-- case: type-interval-day-to-interval-second
CREATE TABLE t (id int, x interval day);
CREATE INDEX i ON t (x);
-- statement:
ALTER TABLE t ALTER COLUMN x TYPE interval day to second;

-- case: type-interval-second-to-interval-day
CREATE TABLE t (id int, x interval day to second);
CREATE INDEX i ON t (x);
-- statement:
ALTER TABLE t ALTER COLUMN x TYPE interval day;

-- case: type-interval-year-to-month-to-month
CREATE TABLE t (id int, x interval year to month);
CREATE INDEX i ON t (x);
-- statement:
ALTER TABLE t ALTER COLUMN x TYPE interval month;

-- case: type-interval-month-to-year-to-month
CREATE TABLE t (id int, x interval month);
CREATE INDEX i ON t (x);
-- statement:
ALTER TABLE t ALTER COLUMN x TYPE interval year to month;

-- case: type-date-to-timestamp
CREATE TABLE t (id int, x date);
CREATE INDEX i ON t (x);
-- statement:
ALTER TABLE t ALTER COLUMN x TYPE timestamp;

-- case: type-date-to-timestamptz
CREATE TABLE t (id int, x date);
CREATE INDEX i ON t (x);
-- statement:
ALTER TABLE t ALTER COLUMN x TYPE timestamptz;

-- case: type-timestamp-to-date
CREATE TABLE t (id int, x timestamp);
CREATE INDEX i ON t (x);
-- statement:
ALTER TABLE t ALTER COLUMN x TYPE date;

-- case: type-varbit5-to-varbit10
CREATE TABLE t (id int, x varbit(5));
CREATE INDEX i ON t (x);
-- statement:
ALTER TABLE t ALTER COLUMN x TYPE varbit(10);

-- case: type-varbit5-to-varbit
CREATE TABLE t (id int, x varbit(5));
CREATE INDEX i ON t (x);
-- statement:
ALTER TABLE t ALTER COLUMN x TYPE varbit;

-- case: type-varbit10-to-varbit5
CREATE TABLE t (id int, x varbit(10));
CREATE INDEX i ON t (x);
-- statement:
ALTER TABLE t ALTER COLUMN x TYPE varbit(5);

-- case: type-bit5-to-varbit
CREATE TABLE t (id int, x bit(5));
CREATE INDEX i ON t (x);
-- statement:
ALTER TABLE t ALTER COLUMN x TYPE varbit;

-- case: type-bit5-to-varbit5
CREATE TABLE t (id int, x bit(5));
CREATE INDEX i ON t (x);
-- statement:
ALTER TABLE t ALTER COLUMN x TYPE varbit(5);

-- case: type-varbit5-to-bit5
CREATE TABLE t (id int, x varbit(5));
CREATE INDEX i ON t (x);
-- statement:
ALTER TABLE t ALTER COLUMN x TYPE bit(5);

-- case: type-bit5-to-bit6
CREATE TABLE t (id int, x bit(5));
CREATE INDEX i ON t (x);
-- statement:
ALTER TABLE t ALTER COLUMN x TYPE bit(6);

-- case: type-cidr-to-inet
CREATE TABLE t (id int, x cidr);
CREATE INDEX i ON t (x);
-- statement:
ALTER TABLE t ALTER COLUMN x TYPE inet;

-- case: type-inet-to-cidr
CREATE TABLE t (id int, x inet);
CREATE INDEX i ON t (x);
-- statement:
ALTER TABLE t ALTER COLUMN x TYPE cidr;

-- case: type-json-to-jsonb
CREATE TABLE t (id int, x json);
-- statement:
ALTER TABLE t ALTER COLUMN x TYPE jsonb;

-- case: type-jsonb-to-text
CREATE TABLE t (id int, x jsonb);
CREATE INDEX i ON t (x);
-- statement:
ALTER TABLE t ALTER COLUMN x TYPE text;

-- case: type-uuid-to-text
CREATE TABLE t (id int, x uuid);
CREATE INDEX i ON t (x);
-- statement:
ALTER TABLE t ALTER COLUMN x TYPE text;

-- case: type-text-to-uuid
CREATE TABLE t (id int, x text);
CREATE INDEX i ON t (x);
-- statement:
ALTER TABLE t ALTER COLUMN x TYPE uuid USING x::uuid;

-- case: type-text-to-bytea
CREATE TABLE t (id int, x text);
CREATE INDEX i ON t (x);
-- statement:
ALTER TABLE t ALTER COLUMN x TYPE bytea USING x::bytea;

-- case: type-money-to-numeric
CREATE TABLE t (id int, x money);
CREATE INDEX i ON t (x);
-- statement:
ALTER TABLE t ALTER COLUMN x TYPE numeric;

-- case: type-text-to-int-using
CREATE TABLE t (id int, x text);
CREATE INDEX i ON t (x);
-- statement:
ALTER TABLE t ALTER COLUMN x TYPE int USING x::int;

-- case: type-int4-to-bool-using
CREATE TABLE t (id int, x int);
CREATE INDEX i ON t (x);
-- statement:
ALTER TABLE t ALTER COLUMN x TYPE bool USING x::bool;

-- case: type-macaddr-to-macaddr8
CREATE TABLE t (id int, x macaddr);
CREATE INDEX i ON t (x);
-- statement:
ALTER TABLE t ALTER COLUMN x TYPE macaddr8;

-- case: type-tsvector-to-text
CREATE TABLE t (id int, x tsvector);
CREATE INDEX i ON t (x);
-- statement:
ALTER TABLE t ALTER COLUMN x TYPE text;
