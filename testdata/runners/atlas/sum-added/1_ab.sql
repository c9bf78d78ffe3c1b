SELECT seen('ab');
