"""Labelled arrays: selection, groups, resampling, arithmetic and a file in memory."""

# packages: xarray
import numpy as np
import pandas as pd
import xarray as xr

times = pd.date_range("2020-01-01", periods=60)
data = xr.Dataset(
    {"rain": (("time", "x"), np.random.default_rng(1).random((60, 4)))},
    coords={"time": times, "x": [1, 2, 3, 4]},
)
data.sel(time="2020-02").mean("x")
data.groupby("time.month").mean()
data.resample(time="7D").sum()
data.rolling(time=3).mean()
xr.concat([data, data + 1], dim="run")
data.interp(x=2.5)
data.to_dataframe()
xr.open_dataset(data.to_netcdf(engine="h5netcdf"), engine="h5netcdf").load()
repr(data), data._repr_html_()
