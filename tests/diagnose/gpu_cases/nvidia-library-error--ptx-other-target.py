from _launch import launch

launch("ret;", version="8.8", target="sm_120a")
