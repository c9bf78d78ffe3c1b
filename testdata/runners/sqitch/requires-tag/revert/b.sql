SELECT seen('not b');
