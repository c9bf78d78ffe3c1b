SELECT seen('first f');
