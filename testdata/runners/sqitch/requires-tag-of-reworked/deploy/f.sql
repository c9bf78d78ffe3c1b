SELECT seen('f');
