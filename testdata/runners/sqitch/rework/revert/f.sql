SELECT seen('not second f');
