SELECT seen('c');
