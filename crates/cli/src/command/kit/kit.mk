# @(#) Makefile of the acceptance kit of cmp-bridge. run.sh calls it; by hand:
#
#   make CC=cc CFLAGS='-Aa -D_HPUX_SOURCE -O'             HP C or aCC (aCC in C mode: -Ae)
#   make CC=gcc CFLAGS='-std=c89 -O2'                     gcc
#   make CC=hppa-linux-gnu-gcc LDFLAGS=-static            across; static: no library can be loaded then

CC = cc
CFLAGS = -O
LDFLAGS =
LIBS =
FC = f77
FFLAGS = -O
FORTRAN =

all: facts codec sockets wire routines

facts: facts.o report.o
	$(CC) $(LDFLAGS) -o facts facts.o report.o $(LIBS)

codec: codec.o report.o cmpb_runtime.o
	$(CC) $(LDFLAGS) -o codec codec.o report.o cmpb_runtime.o $(LIBS)

sockets: sockets.o report.o
	$(CC) $(LDFLAGS) -o sockets sockets.o report.o $(LIBS)

STUBBED = hosting.o legacy.o kit_stub.o report.o cmpb_runtime.o

routines: routines.o $(STUBBED)
	$(CC) $(LDFLAGS) -o routines routines.o $(STUBBED) $(LIBS)

wire: wire.o $(STUBBED)
	$(CC) $(LDFLAGS) -o wire wire.o $(STUBBED) $(LIBS)

# Linked by the Fortran compiler, which knows its own libraries.
fortran: fortran.c fortran_side.f report.o
	$(CC) $(CFLAGS) $(FORTRAN) -c fortran.c
	$(FC) $(FFLAGS) -c fortran_side.f
	$(FC) $(FFLAGS) $(LDFLAGS) -o fortran fortran.o fortran_side.o report.o

loading: loading.o report.o
	$(CC) -o loading loading.o report.o $(LIBS)

# Compiled once more, position independent.
pic: loaded.c kit_stub.c cmpb_runtime.c legacy.c
	cp kit_stub.c pic_stub.c
	cp cmpb_runtime.c pic_runtime.c
	cp legacy.c pic_legacy.c

# HP-UX
kit_loaded.sl: pic
	$(CC) $(CFLAGS) +z -c loaded.c pic_stub.c pic_runtime.c pic_legacy.c
	ld -b -o kit_loaded.sl loaded.o pic_stub.o pic_runtime.o pic_legacy.o

# ELF
kit_loaded.so: pic
	$(CC) $(CFLAGS) -fPIC -shared -o kit_loaded.so loaded.c pic_stub.c pic_runtime.c pic_legacy.c

.SUFFIXES: .c .o
.c.o:
	$(CC) $(CFLAGS) -c $<

clean:
	rm -f *.o facts codec sockets wire routines fortran loading kit_loaded.s? pic_*.c
