SELECT public.seen('b');
--> statement-breakpointSELECT public.seen('b second');
