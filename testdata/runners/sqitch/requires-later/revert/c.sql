SELECT seen('not c');
