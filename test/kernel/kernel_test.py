"""Jupyter's own tests of kernels (https://github.com/jupyter/jupyter_kernel_test) on ours.

Left out, since they are about what no front end asks of this kernel:
- the pager (`code_page_something`): only IPython's `?` opens one; inspection has its own request, which is tested;
- history: JupyterLab and the Notebook keep their own, and the kernel answers with an empty one;
- clear_output: outputs are replaced by `update_display_data` and output areas, which have tests of their own;
- the welcome message of iopub: zeromq.js 5 of tslab offers no XPUB socket.
"""

import unittest

import jupyter_kernel_test


class TypeScriptKernel(jupyter_kernel_test.KernelTests):
    kernel_name = "tslab"
    language_name = "typescript"
    file_extension = ".ts"

    code_hello_world = "console.log('hello, world')"
    code_stderr = "console.error('to stderr')"
    code_generate_error = "throw new RangeError('out of range')"
    code_execute_result = [
        {"code": "6 * 7", "result": "42"},
        {"code": "const answer: number = 42; answer", "result": "42"},
        {"code": "'one' + 'two'", "result": "onetwo"},
        {"code": "({ sites: ['local', 'edge', 'cloud'] })", "result": "{ sites: [ 'local', 'edge', 'cloud' ] }"},
        {"code": "await Promise.resolve([1, 2])", "result": "[ 1, 2 ]"},
    ]
    code_display_data = [
        {"code": "require('dios-lab').displayHtml('<b>bold</b>', 'bold')", "mime": "text/html"},
        {"code": "import { display } from 'tslab'; display.html('<i>slanted</i>')", "mime": "text/html"},
        {"code": "require('dios-lab').display({ 'image/svg+xml': '<svg/>' })", "mime": "image/svg+xml"},
    ]
    completion_samples = [
        {"text": "Math.sq", "matches": {"sqrt", "SQRT1_2", "SQRT2"}},
        {"text": "const text = 'a'; text.toUpper", "matches": {"toUpperCase"}},
        {"text": "require('dios-lab')."},
        {"text": "noSuchThing.x", "matches": set()},
    ]
    complete_code_samples = [
        "1 + 1",
        "const x: number = 1;",
        "function double(x: number) {\n  return 2 * x;\n}",
        "await Promise.resolve(1)",
    ]
    incomplete_code_samples = ["function double(x: number) {", "const sites = [", "[1, 2].map((x) =>", "1 +", "`a"]
    invalid_code_samples = ["const = 3;", "let x: = 1;", "1 ++ 2"]
    code_inspect_sample = "Math.max"

    def test_history_is_empty(self):
        self.assertEqual(self.history_helper(["1"], hist_access_type="tail", n=5)["content"]["history"], [])


if __name__ == "__main__":
    unittest.main(verbosity=2)
