so() { gcc -shared -fPIC -o "$1" -x c - -x none "${@:2}"; }
# ==== undefined-c10
mkdir -p site-packages/causal_conv1d_cuda && echo 'void _ZN3c104cuda9SetDeviceEa(int); void PyInit_x(){_ZN3c104cuda9SetDeviceEa(0);}' | so causal_conv1d_cuda.abi3.so
$PYTHON -c "import ctypes; ctypes.CDLL('./causal_conv1d_cuda.abi3.so', 2)"
# ==== undefined-own
echo 'void my_own_thing(void); void f(){my_own_thing();}' | so libmine.so
$PYTHON -c "import ctypes; ctypes.CDLL('./libmine.so', 2)"
# ==== undefined-cublas
echo 'void cublasGemmEx(void); void f(){cublasGemmEx();}' | so libtorch_cuda.so
$PYTHON -c "import ctypes; ctypes.CDLL('./libtorch_cuda.so', 2)"
# ==== undefined-nccl
echo 'void ncclCommWindowRegister(void); void f(){ncclCommWindowRegister();}' | so libtorch_cuda.so
$PYTHON -c "import ctypes; ctypes.CDLL('./libtorch_cuda.so', 2)"
# ==== needs-libcudart
echo 'int cuda_thing;' | so libcudart.so.12 -Wl,-soname,libcudart.so.12
mkdir -p site-packages/flash_attn; echo 'extern int cuda_thing; int f(){return cuda_thing;}' | so flash_attn_2_cuda.abi3.so ./libcudart.so.12 && rm libcudart.so.12
$PYTHON -c "import ctypes; ctypes.CDLL('./flash_attn_2_cuda.abi3.so')"
# ==== needs-libnvrtc
echo 'int x;' | so libnvrtc.so.13 -Wl,-soname,libnvrtc.so.13; echo 'extern int x; int f(){return x;}' | so vllm_C.so ./libnvrtc.so.13; rm libnvrtc.so.13
$PYTHON -c "import ctypes; ctypes.CDLL('./vllm_C.so')"
# ==== needs-libcudnn
echo 'int x;' | so libcudnn.so.9 -Wl,-soname,libcudnn.so.9; echo 'extern int x; int f(){return x;}' | so ext.so ./libcudnn.so.9; rm libcudnn.so.9
$PYTHON -c "import ctypes; ctypes.CDLL('./ext.so')"
# ==== needs-libpython
echo 'int x;' | so libpython3.10.so.1.0 -Wl,-soname,libpython3.10.so.1.0; echo 'extern int x; int f(){return x;}' | so ext.so ./libpython3.10.so.1.0; rm libpython3.10.so.1.0
$PYTHON -c "import ctypes; ctypes.CDLL('./ext.so')"
# ==== linker-lcurand
echo 'int main(){}' > a.c; gcc a.c -lcurand
# ==== linker-laio
echo 'int main(){}' > a.c; gcc a.c -laio
# ==== linker-lcuda
echo 'int main(){}' > a.c; gcc a.c -lcuda
# ==== header-cuda
echo '#include <cuda_runtime.h>' > a.c; gcc -c a.c
# ==== header-python
echo '#include <Python.h>' > a.c; gcc -c a.c
# ==== shell-nvcc
nvcc --version
# ==== shell-torchrun
torchrun train.py
# ==== shell-conda
conda activate lf
# ==== shell-llamafactory
llamafactory-cli train x.yaml
# ==== shell-dash-nvcc
sh -c 'nvcc --version'
# ==== shell-smi
nvidia-smi
# ==== module-torch
$PYTHON -S -c "import torch"
# ==== module-cv2
$PYTHON -S -c "import cv2"
# ==== module-vllm-c
mkdir vllm; echo 'import vllm._C' > vllm/__init__.py; $PYTHON -S -c "import vllm"
# ==== module-shadow
echo 'import torch; print(torch.__version__)' > torch.py; $PYTHON -S torch.py
# ==== module-circular
echo 'import datasets; datasets.load_dataset' > datasets.py; $PYTHON -S datasets.py
# ==== module-mpi4py
$PYTHON -S -c "from mpi4py import MPI"
# ==== pip-no-network
$PYTHON -m pip install --isolated --disable-pip-version-check --no-cache-dir --retries 1 --timeout 2 -i http://127.0.0.1:9/simple somepackage
# ==== pip-proxy
HTTPS_PROXY=http://127.0.0.1:9 $PYTHON -m pip install --isolated --disable-pip-version-check --no-cache-dir --retries 1 --timeout 2 -i https://pypi.org/simple somepackage
# ==== pip-not-wheel
touch torch-2.8.0-cp313-cp313-win_amd64.whl; $PYTHON -m pip install --isolated --disable-pip-version-check ./torch-2.8.0-cp313-cp313-win_amd64.whl
# ==== pip-bad-zip
echo x > six-1.16.0-py2.py3-none-any.whl; $PYTHON -m pip install --isolated --disable-pip-version-check --target t ./six-1.16.0-py2.py3-none-any.whl
# ==== pip-python-too-old
mkdir p; printf '[project]\nname="newer"\nversion="1"\nrequires-python=">=3.19"\n' > p/pyproject.toml; $PYTHON -m pip install --isolated --disable-pip-version-check --no-build-isolation ./p
# ==== pip-build-isolation
mkdir p; printf 'import torch\nfrom setuptools import setup\nsetup(name="ext")\n' > p/setup.py; printf '[build-system]\nrequires=[]\nbuild-backend="b"\nbackend-path=["."]\n' > p/pyproject.toml; printf 'import torch\n' > p/b.py; $PYTHON -m pip install --isolated --disable-pip-version-check --target t ./p
# ==== pip-build-failed
mkdir p; printf '[build-system]\nrequires=[]\nbuild-backend="b"\nbackend-path=["."]\n' > p/pyproject.toml; printf 'def get_requires_for_build_wheel(c=None): return []\ndef prepare_metadata_for_build_wheel(d, c=None):\n  import os; os.makedirs(d+"/e-1.dist-info"); open(d+"/e-1.dist-info/METADATA","w").write("Metadata-Version: 2.1\\nName: e\\nVersion: 1\\n"); return "e-1.dist-info"\ndef build_wheel(*a): raise RuntimeError("Error compiling objects for extension")\n' > p/b.py; $PYTHON -m pip install --isolated --disable-pip-version-check --target t ./p
# ==== pip-metadata
mkdir p; printf '[build-system]\nrequires=[]\nbuild-backend="b"\nbackend-path=["."]\n' > p/pyproject.toml; printf 'def get_requires_for_build_wheel(c=None): return []\ndef prepare_metadata_for_build_wheel(*a): raise OSError("CUDA_HOME environment variable is not set. Please set it to your CUDA install root.")\n' > p/b.py; $PYTHON -m pip install --isolated --disable-pip-version-check --target t ./p
# ==== pip-hash
echo 'six==1.16.0 --hash=sha256:0000000000000000000000000000000000000000000000000000000000000000' > r.txt; mkdir w; $PYTHON -c "import zipfile; z=zipfile.ZipFile('w/six-1.16.0-py3-none-any.whl','w'); z.writestr('six.py',''); z.writestr('six-1.16.0.dist-info/METADATA','Metadata-Version: 2.1\nName: six\nVersion: 1.16.0\n'); z.writestr('six-1.16.0.dist-info/WHEEL','Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n'); z.writestr('six-1.16.0.dist-info/RECORD','')"; $PYTHON -m pip install --isolated --disable-pip-version-check --no-index --find-links w --target t --require-hashes -r r.txt
# ==== pip-no-torch
mkdir w; $PYTHON -m pip install --isolated --disable-pip-version-check --no-index --find-links w "torch==2.8.0"
# ==== pip-externally
mkdir -p v/lib; $PYTHON -m venv --without-pip e; touch $(e/bin/python -c "import sysconfig; print(sysconfig.get_path('stdlib'))")/NOTHING 2>/dev/null; rm -f $($PYTHON -c "import sysconfig; print(sysconfig.get_path('stdlib'))")/NOTHING; /usr/bin/python3 -m pip install --isolated --disable-pip-version-check --no-index six
# ==== disk-full
mkdir t; mount -t tmpfs -o size=64k tmpfs t 2>/dev/null && { dd if=/dev/zero of=t/model.safetensors bs=1k count=200; $PYTHON -c "open('t/b','wb').write(b'x'*10**6)"; umount t; }
# ==== memory-ulimit
ulimit -v 400000; $PYTHON -c "b=bytearray(10**9)"
# ==== segfault
ulimit -c 0; $PYTHON -X faulthandler -c "import ctypes; ctypes.string_at(0)"
# ==== bus-error
ulimit -c 0; $PYTHON -X faulthandler -c "import os,signal; os.kill(os.getpid(), signal.SIGBUS)"
# ==== killed
bash -c '$PYTHON -c "import os,signal; os.kill(os.getpid(), signal.SIGKILL)"; echo "exit $?"'
# ==== port-in-use
$PYTHON -c "
import socket
a=socket.socket(); a.bind(('127.0.0.1',0)); a.listen()
b=socket.socket(); b.bind(a.getsockname())"
# ==== permission
mkdir d; chmod 555 d; setpriv --reuid 65534 --clear-groups bash -c 'mkdir d/.cache'
# ==== tls
$PYTHON - <<'P'
import ssl, socket, threading, subprocess, urllib.request
subprocess.run("openssl req -x509 -newkey rsa:2048 -nodes -keyout k.pem -out c.pem -days 1 -subj /CN=localhost".split(), capture_output=True)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER); context.load_cert_chain("c.pem", "k.pem")
server = socket.socket(); server.bind(("127.0.0.1", 0)); server.listen()
def serve():
    try: context.wrap_socket(server.accept()[0], server_side=True)
    except OSError: pass
threading.Thread(target=serve, daemon=True).start()
urllib.request.urlopen(f"https://localhost:{server.getsockname()[1]}/")
P
# ==== dns
$PYTHON -c "import urllib.request; urllib.request.urlopen('https://no-such-host.invalid/simple')"
# ==== git-no-host
git clone https://no-such-host.invalid/x.git
# ==== git-lfs
git lfs pull
# ==== cmake-no-cuda
printf 'cmake_minimum_required(VERSION 3.18)\nproject(x LANGUAGES CUDA)\n' > CMakeLists.txt; cmake -B b .
# ==== cmake-no-toolkit
printf 'cmake_minimum_required(VERSION 3.18)\nproject(x LANGUAGES C CXX)\nfind_package(CUDAToolkit REQUIRED)\n' > CMakeLists.txt; cmake -B b .
# ==== cmake-curl
printf 'cmake_minimum_required(VERSION 3.18)\nproject(x LANGUAGES C)\nfind_package(CURL REQUIRED)\n' > CMakeLists.txt; cmake -B b .
# ==== imp-gone
for p in /root/.pyenv/versions/3.13.0/bin/python; do [ -x $p ] && $p -c "import cgi"; done
# ==== imp-gone-312
for p in /root/.pyenv/versions/3.12.1/bin/python; do [ -x $p ] && $p -c "import imp"; done
# ==== distutils-gone
for p in /root/.pyenv/versions/3.12.1/bin/python; do [ -x $p ] && $p -S -c "import distutils"; done
# ==== code-page
PYTHONUTF8=0 PYTHONIOENCODING=cp1252 $PYTHON -c "print('训练')"
# ==== gbk-decode
printf '\xe8\xae' > a.json; $PYTHON -c "open('a.json', encoding='gbk').read()"
# ==== uv-no-solution
UV_CACHE_DIR=$PWD/c uv pip install --no-index --python $PYTHON "torch==99.0" 2>&1 || $PYTHON -m uv pip install --no-index --python $PYTHON "torch==99.0"
# ==== local-rank
printf 'import argparse\nargparse.ArgumentParser().parse_args()\n' > train.py; $PYTHON train.py --local-rank=0
