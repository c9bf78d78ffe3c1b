-- comment
SELECT seen('a');
