CREATE TABLE users (id int);--> statement-breakpoint
SELECT public.seen('a');
