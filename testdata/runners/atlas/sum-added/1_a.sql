SELECT seen('a');
