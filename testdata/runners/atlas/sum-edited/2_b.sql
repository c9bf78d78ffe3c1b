SELECT seen('B');
