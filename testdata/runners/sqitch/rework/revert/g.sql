SELECT seen('not g');
