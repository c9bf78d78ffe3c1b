-- atlas:sum ignore
SELECT seen('A');
