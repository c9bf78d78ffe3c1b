SELECT seen('not a');
