# @(#) Makefile of the acceptance kit of cmp-bridge. run.sh calls it; by hand:
#
#   make CC=cc CFLAGS='-Aa -D_HPUX_SOURCE -O'             HP C or aCC (aCC in C mode: -Ae)
#   make CC=gcc CFLAGS='-std=c89 -O2'                     gcc
#   make CC=hppa-linux-gnu-gcc LDFLAGS=-static            across; LDFLAGS spares the run-time loader

CC = cc
CFLAGS = -O
LDFLAGS =
LIBS =
FC = f77
FFLAGS = -O
FORTRAN =

all: facts codec sockets routines

facts: facts.o report.o
	$(CC) $(LDFLAGS) -o facts facts.o report.o $(LIBS)

codec: codec.o report.o cmpb_runtime.o
	$(CC) $(LDFLAGS) -o codec codec.o report.o cmpb_runtime.o $(LIBS)

sockets: sockets.o report.o
	$(CC) $(LDFLAGS) -o sockets sockets.o report.o $(LIBS)

routines: routines.o legacy.o kit_stub.o report.o cmpb_runtime.o
	$(CC) $(LDFLAGS) -o routines routines.o legacy.o kit_stub.o report.o cmpb_runtime.o $(LIBS)

# Linked by the Fortran compiler, which knows its own libraries.
fortran: fortran.c fortran_side.f report.o
	$(CC) $(CFLAGS) $(FORTRAN) -c fortran.c
	$(FC) $(FFLAGS) -c fortran_side.f
	$(FC) $(FFLAGS) $(LDFLAGS) -o fortran fortran.o fortran_side.o report.o

loading: loading.o report.o
	$(CC) -o loading loading.o report.o $(LIBS)

# HP-UX
kit_loaded.sl: loaded.c
	$(CC) $(CFLAGS) +z -c loaded.c
	ld -b -o kit_loaded.sl loaded.o

# ELF
kit_loaded.so: loaded.c
	$(CC) $(CFLAGS) -fPIC -shared -o kit_loaded.so loaded.c

.SUFFIXES: .c .o
.c.o:
	$(CC) $(CFLAGS) -c $<

clean:
	rm -f *.o facts codec sockets routines fortran loading layouts_* kit_loaded.s? kit.record
