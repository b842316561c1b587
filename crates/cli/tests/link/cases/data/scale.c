int scale = 3;
