SELECT seen('not f');
