SELECT seen('not first f');
