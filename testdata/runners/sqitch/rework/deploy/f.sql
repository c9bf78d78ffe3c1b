SELECT seen('second f');
