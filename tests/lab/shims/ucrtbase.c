/* The complex functions that wine 8's ucrtbase.dll lacks; numpy imports them. make.py forwards all others to wine's own. */
typedef struct { float re, im; } FloatComplex;
typedef struct { double re, im; } DoubleComplex;

double creal(DoubleComplex z) { return z.re; }
double cimag(DoubleComplex z) { return z.im; }
double creall(DoubleComplex z) { return z.re; }
double cimagl(DoubleComplex z) { return z.im; }
float crealf(FloatComplex z) { return z.re; }
float cimagf(FloatComplex z) { return z.im; }
