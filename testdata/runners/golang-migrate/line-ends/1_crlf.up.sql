-- comment
SELECT seen('a');
SELECT seen('b');
