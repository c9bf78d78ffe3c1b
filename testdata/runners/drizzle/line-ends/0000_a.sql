SELECT public.seen('a');
--> statement-breakpoint
SELECT public.seen('b');
