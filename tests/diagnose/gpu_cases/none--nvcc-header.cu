#include <cudnn.h>
#include <nope_cuda.h>
#include <cstdio>
__global__ void one(int*p){*p=1;}
int main(){int*p;cudaError_t e=cudaMalloc(&p,4);one<<<1,1>>>(p);e=cudaGetLastError();if(!e)e=cudaDeviceSynchronize();
if(e){fprintf(stderr,"CUDA error: %s\n",cudaGetErrorString(e));return 1;}puts("ok");}
