SELECT seen('seed');
