-- to be written
/* and more */ ;
