using BenchmarkDotNet.Running;
using StreamRecorder.Micro;

// dotnet run -c Release --project bench/Micro                              everything, in about three minutes
// dotnet run -c Release --project bench/Micro -- --filter '*ApplyTicks*'
BenchmarkSwitcher.FromAssembly(typeof(QuickConfig).Assembly).Run(args.Length > 0 ? args : ["--filter", "*"], new QuickConfig());
