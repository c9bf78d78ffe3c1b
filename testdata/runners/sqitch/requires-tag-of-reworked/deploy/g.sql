SELECT seen('g');
