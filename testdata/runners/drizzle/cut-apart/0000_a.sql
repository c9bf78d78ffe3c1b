SELECT public.seen('a');
--> statement-breakpoint
DO $$
BEGIN
--> statement-breakpoint
PERFORM public.seen('b');
END $$;
