SELECT seen('orders 1');
SELECT seen('orders 2');
