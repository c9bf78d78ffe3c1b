SELECT seen('b');
