SELECT seen('not a migration either');
