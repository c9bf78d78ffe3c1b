-- comment
--> statement-breakpoint
SELECT public.seen('b');
