from _launch import launch

launch("ret;", version="99.0", target="sm_90")
