SELECT public.seen('a');--> statement-breakpoint
SELECT public.seen('a second');
SELECT public.seen('a with it');
--> statement-breakpoint--> statement-breakpoint
SELECT public.seen('a third');
