-- One message.
SELECT seen('fifth');
SELECT seen('fifth, the same message');
