from _launch import launch

launch("trap; ret;")
