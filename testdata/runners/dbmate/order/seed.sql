SELECT seen('not a migration');
