import torch
import torch.multiprocessing as mp

torch.zeros(1).cuda()


def go():
    torch.zeros(1).cuda()


p = mp.get_context("fork").Process(target=go)
p.start()
p.join()
