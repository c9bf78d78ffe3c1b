SELECT seen('not orders');
