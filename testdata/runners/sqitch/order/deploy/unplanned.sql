SELECT seen('unplanned');
