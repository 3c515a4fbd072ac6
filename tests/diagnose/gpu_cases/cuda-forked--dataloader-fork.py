import torch
from torch.utils.data import DataLoader, Dataset

torch.zeros(1).cuda()


class D(Dataset):
    def __len__(self):
        return 4

    def __getitem__(self, i):
        return torch.ones(1, device="cuda")


for x in DataLoader(D(), num_workers=1):
    pass
